import type { Mailbox, MailboxPath, SpecialUse } from "@mailferry/core/Mailbox.ts"
import { Option } from "effect"

/** A mailbox where mail lives, proposed under its own name. */
export const home = (path: MailboxPath, specialUse?: SpecialUse): Mailbox => ({
  path,
  specialUse: Option.fromUndefinedOr(specialUse),
  role: "home",
  proposed: path
})

export const inbox = home(["INBOX"], "inbox")
export const sent = home(["Sent"], "sent")

/** A Proton folder: `Folders/A/B` is proposed as `A/B`. */
export const folder = (...levels: MailboxPath): Mailbox => ({
  path: ["Folders", ...levels],
  specialUse: Option.none(),
  role: "home",
  proposed: levels
})

/** A Proton label, proposed under `Labels`. */
export const label = (name: string): Mailbox => ({
  path: ["Labels", name],
  specialUse: Option.none(),
  role: "label",
  proposed: ["Labels", name]
})

export const allMail: Mailbox = {
  path: ["All Mail"],
  specialUse: Option.some("all"),
  role: "everything",
  proposed: ["All Mail"]
}
