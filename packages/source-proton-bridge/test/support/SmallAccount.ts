import {
  type ProtonAccount,
  type ProtonLabel,
  type ProtonMessage,
  SystemLabel
} from "@mailferry/rehearsal/ProtonAccount.ts"
import { protonId } from "@mailferry/rehearsal/sample/ProtonId.ts"

const { archive, drafts, inbox, sent, spam, starred, trash } = SystemLabel

const label = (kind: ProtonLabel["kind"], ...path: ReadonlyArray<string>): ProtonLabel => ({
  id: protonId(`label ${path.join(" > ")}`),
  kind,
  path
})

/** User folders and labels of the small account, one with a slash in its name each. */
export const labels = {
  work: label("folder", "Work"),
  deep: label("folder", "Work", "Deep"),
  slash: label("folder", "a/b"),
  blue: label("label", "Blue"),
  inOut: label("label", "in/out")
}

/** Proton's time of the first message; each further one came an hour later. */
const firstTime = Date.UTC(2024, 0, 1, 12) / 1000

let count = 0

/** One message, in these mailboxes. Its key is its subject and makes its Proton id. */
export const message = (
  key: string,
  labelIds: ReadonlyArray<string>,
  more: Partial<ProtonMessage> = {}
): ProtonMessage => {
  const time = firstTime + 3600 * count++
  return {
    id: protonId(key),
    labelIds: new Set(labelIds),
    time,
    unread: true,
    answered: false,
    forwarded: false,
    externalId: `${key}@example.net`,
    address: "me@proton.me",
    raw: Buffer.from(
      [
        `Message-ID: <${key}@example.net>`,
        "From: Ada <ada@example.net>",
        "To: me@proton.me",
        `Subject: ${key}`,
        `Date: ${new Date(time * 1000).toUTCString().replace("GMT", "+0000")}`,
        "Content-Type: text/plain; charset=utf-8",
        "",
        `The body of ${key}, which nobody else has.`,
        ""
      ].join("\r\n")
    ),
    ...more
  }
}

/** A message with a text and an attachment. */
const withAttachment = Buffer.from(
  [
    "Message-ID: <lost-file@example.net>",
    "Subject: lost-file",
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="b"',
    "",
    "--b",
    "Content-Type: text/plain",
    "",
    "See the attachment.",
    "--b",
    'Content-Type: application/pdf; name="a.pdf"',
    'Content-Disposition: attachment; filename="a.pdf"',
    "Content-Transfer-Encoding: base64",
    "",
    "JVBERi0xLjQ=",
    "--b--",
    ""
  ].join("\r\n")
)

/** A fresh account with one message of each kind that matters to placement. */
export const smallAccount = (): ProtonAccount => ({
  addresses: ["me@proton.me", "shop@example.org"],
  labels: Object.values(labels),
  messages: [
    message("everywhere", [inbox, labels.blue.id, labels.inOut.id, starred], {
      unread: false,
      answered: true
    }),
    message("in-work", [labels.work.id]),
    message("in-deep", [labels.deep.id], { forwarded: true, unread: false }),
    message("in-slash", [labels.slash.id]),
    message("to-self", [inbox, sent], { unread: false }),
    message("archived", [archive], { address: "shop@example.org" }),
    message("junk", [spam]),
    message("binned", [trash]),
    message("draft", [drafts]),
    message("orphan", [labels.blue.id]),
    message("lost-key", [inbox], { trouble: "undecryptable-body" }),
    message("lost-file", [inbox], { trouble: "undecryptable-attachment", raw: withAttachment }),
    message("never-built", [inbox], { trouble: "skipped" }),
    message("only-in-all-mail", [])
  ]
})
