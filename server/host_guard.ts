/** Keeps pages of other sites away from a server that only this machine is to reach. */
import type { MiddlewareHandler } from "hono";

/**
 * Whether an address is of this machine alone.
 *
 * @param host a name or an IP address, an IPv6 one with or without its brackets
 */
export function isLoopback(host: string): boolean {
  return host === "localhost" || /^127(\.\d{1,3}){3}$/.test(host) || /^\[?::1\]?$/.test(host);
}

/**
 * Answers 403 to requests under a foreign name. A page of another site can have its own name resolve to 127.0.0.1 (DNS
 * rebinding) and is then the same origin as this server: only the name in `Host` tells. The port does not matter, as it is
 * another one behind a tunnel.
 */
export const loopbackOnly: MiddlewareHandler = async (c, next) => {
  const { hostname } = new URL(c.req.url);
  if (isLoopback(hostname)) return await next();
  const error = `Cannot show runs under the name "${hostname}" as only this machine is served: ` +
    "open the page as localhost or 127.0.0.1, or serve with --host 0.0.0.0";
  return c.json({ error }, 403);
};
