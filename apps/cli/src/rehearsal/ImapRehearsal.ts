import { writeFileSync } from "node:fs"
import { join } from "node:path"

import { imapServerScoped } from "@mailferry/rehearsal/RehearsalImapServerScoped.ts"
import { sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"
import * as Effect from "effect/Effect"

import { countArrivals } from "../Arrivals.ts"
import type { Rehearsal, RehearsalDestination } from "./RehearsalDestination.ts"

/** An IMAP server of this process. */
export const rehearsal: Rehearsal = {
  account: sampleMailbox,
  open: Effect.fnUntraced(function* ({ directory }) {
    const server = yield* imapServerScoped({ security: "tls" })
    const { certificate, host, password, port, user } = server
    const pem = join(directory, "destination.pem")
    yield* Effect.sync(() => {
      writeFileSync(join(directory, "destination-password"), password, { mode: 0o600 })
      writeFileSync(pem, certificate)
    })
    return {
      config: { host, port, user, password: "file:destination-password", certificate: pem },
      rules: {},
      timesFaster: 1,
      note: undefined,
      facts: { host, port, user, password },
      lines: [["destination", `${host} port ${port}, user ${user}, password ${password}`]],
      arrivals: (account) => countArrivals(account, server)
    } satisfies RehearsalDestination
  })
}
