/**
 * From a line of a text that was put together back to the file where it stands.
 *
 * @module
 */

/** A text with the name of its file, for error messages. */
export interface NamedText {
  /** As in `shared/blocks.wgsl`. */
  readonly file: string;
  /** The WGSL. */
  readonly text: string;
}

/** What the compiler says, as {@linkcode GPUCompilationMessage}. */
export type CompilerMessage = Pick<
  GPUCompilationMessage,
  "message" | "lineNum" | "linePos" | "length"
>;

/**
 * An error as `file:line:column what is wrong: the line`.
 *
 * @param parts the texts that were joined by a newline, in their order
 */
export function locate(parts: readonly NamedText[], error: CompilerMessage): string {
  let { line, column } = position(error);
  for (const { file, text } of parts) {
    const lines = text.split("\n");
    if (line <= lines.length) {
      return `${file}:${line}:${column} ${reason(error)}: ${(lines[line - 1] ?? "").trim()}`;
    }
    line -= lines.length;
  }
  return `${parts.at(-1)?.file}: ${reason(error)}`; // past the end: something is not closed
}

/** naga gives some errors no place but that in its text, `wgsl:3:10`. */
function position(
  { message, lineNum, linePos, length }: CompilerMessage,
): { line: number; column: number } {
  const [, line, column] = /\bwgsl:(\d+):(\d+)/.exec(message) ?? [];
  if (length > 0 || line === undefined) return { line: lineNum, column: linePos };
  return { line: Number(line), column: Number(column) };
}

/** The first line that says something; naga draws the place below it, with numbers of the joined text. */
function reason({ message }: CompilerMessage): string {
  const line = message.split("\n").find((text) => text.trim() !== "") ?? "";
  return line.trim().replace(/^Shader '.*?' parsing error: /, "");
}
