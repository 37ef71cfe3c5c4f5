/**
 * Where the user of this process stands.
 *
 * @module
 */

import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("../", import.meta.url));

/**
 * Go to where the user stands, so that the paths he types, and the folders made without asking, are found there. `deno task`
 * starts commands in the root of the checkout and tells that place in `INIT_CWD`; nothing happens where it is not told, nor
 * in another folder, where that variable is left over from another program.
 */
export function goWhereCalled(): void {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "INIT_CWD" });
  const place = state === "granted" ? Deno.env.get("INIT_CWD") : undefined;
  if (place && realpathSync(".") === realpathSync(checkout)) Deno.chdir(place);
}
