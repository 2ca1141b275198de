import { describe } from "vitest"

import { dovecotMissing } from "./Dovecot.ts"

/**
 * A group of tests that start their own Dovecot. Where none is installed they are skipped and the group's
 * name says why; with `CI` set they run and fail, so that no pipeline is green for want of a server.
 * They run side by side, since most of their time is Dovecot's shutdown.
 */
export const dovecotSuite = (name: string, tests: () => void): void => {
  const missing = dovecotMissing()
  const skip = missing !== undefined && process.env["CI"] === undefined
  const group = skip ? describe.skip : describe.concurrent
  group(skip ? `${name} (skipped: ${missing})` : name, tests)
}
