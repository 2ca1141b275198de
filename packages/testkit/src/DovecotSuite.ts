import * as Effect from "effect/Effect"
import { afterAll, describe } from "vitest"

import { type Dovecot, dovecotMissing, type DovecotOptions, startDovecot } from "./Dovecot.ts"

/**
 * A group of tests with one private Dovecot, started when a test first asks for it and stopped after the last.
 * Where none is installed they are skipped and the group's name says why; with `CI` set they run and fail,
 * so that no pipeline is green for want of a server.
 */
export const dovecotSuite = (
  name: string,
  tests: (dovecot: Effect.Effect<Dovecot>) => void,
  options: DovecotOptions = {}
): void => {
  const missing = dovecotMissing()
  const skip = missing !== undefined && process.env["CI"] === undefined
  const group = skip ? describe.skip : describe
  let started: Promise<Dovecot> | undefined
  const dovecot = Effect.promise(() => (started ??= startDovecot(options)))
  group(skip ? `${name} (skipped: ${missing})` : name, () => {
    tests(dovecot)
    afterAll(() =>
      started?.then(
        (server) => server.stop(),
        // It never started; the tests have said so.
        () => undefined
      )
    )
  })
}
