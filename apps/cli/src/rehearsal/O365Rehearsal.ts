import { writeFileSync } from "node:fs"
import { join } from "node:path"

import { graphScoped } from "@mailferry/rehearsal/RehearsalGraphScoped.ts"
import { sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"
import * as Effect from "effect/Effect"

import { countInExchange } from "./ExchangeArrivals.ts"
import { withExchangeMail } from "./ExchangeSample.ts"
import type { Rehearsal, RehearsalDestination } from "./RehearsalDestination.ts"

/** Seconds for what Exchange's limit makes of some tens of megabytes. */
const timesFaster = 10

const note =
  `Exchange takes 150 MB of requests into one mailbox in five minutes, half a megabyte a second. Its limits are kept here, ` +
  `and clocks go ${timesFaster} times faster, mailferry's and the rehearsal Exchange's: times and rates are told as they would be in truth.`

/** Microsoft Graph, an Exchange Online mailbox and Microsoft's sign-in in this process. */
export const rehearsal: Rehearsal = {
  account: () => withExchangeMail(sampleMailbox({ messages: 200, largest: 6_000_000 })),
  open: Effect.fnUntraced(function* ({ directory, serve }) {
    const faster = serve ? 1 : timesFaster
    const server = yield* graphScoped({ clockScale: faster })
    const { clientId, token, url, user } = server
    yield* Effect.sync(() => writeFileSync(join(directory, "token"), token, { mode: 0o600 }))
    const authority = url
    return {
      config: { user, token: "file:token", endpoint: { graph: url, authority } },
      rules: {},
      timesFaster: faster,
      note: serve ? undefined : note,
      facts: { graph: url, authority, user, bearer: token, client: clientId },
      lines: [
        ["destination", `Microsoft Graph at ${url}/v1.0, user ${user}, bearer token ${token}`],
        ["sign-in", `${authority}, application ${clientId}`]
      ],
      arrivals: (account, losses) => countInExchange(account, server.account, losses)
    } satisfies RehearsalDestination
  })
}
