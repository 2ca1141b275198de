import * as Effect from "effect/Effect"

/**
 * TCP connections this process has open, TLS ones included. Counts both ends where the server runs in
 * this process too; the law compares before with after, so that does not matter.
 */
export const openTcpSockets: Effect.Effect<number> = Effect.sync(
  () => process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length
)
