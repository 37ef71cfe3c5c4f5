/** A folder's path without the slashes at its end, so that names can be put behind it; `/` stays. */
export function folderPath(folder: string): string {
  return folder.replace(/(?<=.)\/+$/, "");
}
