import * as DateTime from "effect/DateTime"

import { encodeModifiedUtf7 } from "./internal/mutf7.ts"
import { type ImapAccess, PlainImap, quoted } from "./internal/PlainImap.ts"
import type { MemoryMailboxSpec, MemoryMessageSpec } from "./MemoryAccount.ts"

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

/** RFC 9051 date-time, in UTC: `31-Mar-2019 01:30:00 +0000`. */
const imapDate = (date: DateTime.Utc): string => {
  const [day, time] = DateTime.formatIso(date).split("T")
  const [year, month, dayOfMonth] = day!.split("-")
  return `${dayOfMonth}-${months[Number(month) - 1]}-${year} ${time!.slice(0, 8)} +0000`
}

const attributes = ({ flags = [], keywords = [], internalDate }: MemoryMessageSpec): string =>
  `(${[...flags, ...keywords].join(" ")})${internalDate === undefined ? "" : ` "${imapDate(internalDate)}"`}`

/** Creates these mailboxes on an IMAP server whose delimiter is `/`, and fills them in the order given. */
export const fillMailboxes = async (
  access: ImapAccess,
  mailboxes: Iterable<MemoryMailboxSpec>
): Promise<void> => {
  const client = await PlainImap.open(access)
  const there = new Set<string>()
  await client.command('LIST "" "*"', ({ text }) =>
    there.add(text.slice(text.lastIndexOf(" ") + 1).replaceAll('"', ""))
  )
  for (const { path, messages = [] } of mailboxes) {
    const name = encodeModifiedUtf7(path.join("/"))
    if (!there.has(name)) await client.command(`CREATE ${quoted(name)}`)
    for (const message of messages) await client.append(name, attributes(message), message.bytes)
  }
  await client.close()
}
