import { writeFileSync } from "node:fs"
import { join } from "node:path"

import { gmailScoped } from "@mailferry/rehearsal/RehearsalGmailScoped.ts"
import { sampleMailbox } from "@mailferry/rehearsal/sample/SampleMailbox.ts"
import * as Effect from "effect/Effect"

import { countByLabels } from "./LabelledArrivals.ts"
import type { Rehearsal, RehearsalDestination } from "./RehearsalDestination.ts"

/** Ten seconds for what Gmail's quota makes of two hundred messages, brought in and read back. */
const timesFaster = 10

/** As Gmail's search has it; in the rehearsal's time. Milliseconds. */
const indexDelay = 2000

const note =
  `Google lets a new project use 6,000 quota units a minute, 4 messages a second. Its quota is kept here, ` +
  `and clocks go ${timesFaster} times faster, mailferry's and the rehearsal Gmail's: times and rates are told as they would be in truth.`

/** Gmail's API and Google's sign-in in this process. */
export const rehearsal: Rehearsal = {
  // One message is large enough to be sent in a session of its own; how fast tens of megabytes are is no question here.
  account: () => sampleMailbox({ messages: 200, largest: 6_000_000 }),
  open: Effect.fnUntraced(function* ({ directory, serve }) {
    const faster = serve ? 1 : timesFaster
    const server = yield* gmailScoped({ clockScale: faster, indexDelayMillis: indexDelay / faster })
    const { token, url, user } = server
    const credentials = join(directory, "credentials.json")
    const client = join(directory, "client_secret.json")
    yield* Effect.sync(() => {
      writeFileSync(credentials, JSON.stringify(server.authorizedUser()), { mode: 0o600 })
      writeFileSync(client, JSON.stringify(server.clientFile()), { mode: 0o600 })
    })
    const consent = `${url}/o/oauth2/v2/auth`
    return {
      config: {
        user,
        credentials: `file:${credentials}`,
        endpoint: { api: url, token: `${url}/token` }
      },
      // One message of the sample has no From, without which Gmail takes none.
      rules: { mendHeaders: true },
      timesFaster: faster,
      note: serve ? undefined : note,
      facts: { api: url, tokenEndpoint: `${url}/token`, user, bearer: token, consent, credentials, client },
      lines: [
        ["destination", `the Gmail API at ${url}, user ${user}, bearer token ${token}`],
        ["consent page", consent],
        ["credentials", credentials],
        ["client file", client]
      ],
      arrivals: (account) => countByLabels(account, server.account)
    } satisfies RehearsalDestination
  })
}
