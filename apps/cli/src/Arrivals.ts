import type { ProtonAccount } from "@mailferry/rehearsal/ProtonAccount.ts"
import type { RehearsalImapServer } from "@mailferry/rehearsal/RehearsalImapServer.ts"

import type { FidelityRow } from "./Fidelity.ts"

/** What a count of the rehearsal's own stores came to: nothing here asks mailferry. */
export interface Arrivals {
  /** Messages of the account that Bridge can show. */
  readonly sent: number
  /** Those of them that are in the destination. */
  readonly arrived: number
  /** Mailboxes that hold one of them more than once, a row for each message. */
  readonly doubled: number
  /** Messages in the destination that are none of the account's. */
  readonly strange: number
  /** Where a service joins messages with one Message-ID: how many are one with another. Counted as arrived. */
  readonly merged?: number
  /** Where message was compared with message: each that differs, and in what. */
  readonly altered?: ReadonlyArray<string>
  /** Where a service cannot keep everything: what became of each thing that messages have. */
  readonly fidelity?: ReadonlyArray<FidelityRow>
}

const idField = /^X-Pm-Internal-Id:[ \t]*(\S+)/imu

/** Headers end long before this, and some messages are 25 MB. */
const headOctets = 64 * 1024

const idOf = (bytes: Uint8Array): string | undefined => {
  const head = Buffer.from(bytes.subarray(0, headOctets)).toString("latin1")
  return idField.exec(head.split("\r\n\r\n", 1)[0] ?? "")?.[1]
}

/** Counts both ends of a rehearsal, by the id that Bridge writes into each message. */
export const countArrivals = (
  account: ProtonAccount,
  server: Pick<RehearsalImapServer, "mailboxes">
): Arrivals => {
  const sent = new Set(account.messages.filter(({ trouble }) => trouble !== "skipped").map(({ id }) => id))
  const arrived = new Set<string>()
  let doubled = 0
  let strange = 0
  for (const { messages } of server.mailboxes.values()) {
    const here = new Set<string>()
    for (const { bytes } of messages) {
      const id = idOf(bytes)
      if (id === undefined || !sent.has(id)) {
        strange++
        continue
      }
      if (here.has(id)) doubled++
      here.add(id)
      arrived.add(id)
    }
  }
  return { sent: sent.size, arrived: arrived.size, doubled, strange }
}

export const allArrivedOnce = ({ altered = [], arrived, doubled, sent, strange }: Arrivals): boolean =>
  arrived === sent && doubled === 0 && strange === 0 && altered.length === 0
