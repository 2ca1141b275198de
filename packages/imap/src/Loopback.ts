import { isIP } from "node:net"

/** Whether a host is this machine: 127.0.0.0/8 (RFC 1122 section 3.2.1.3), `::1`, or `localhost`. Never asks DNS. */
export const isLoopback = (host: string): boolean =>
  host.toLowerCase() === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."))
