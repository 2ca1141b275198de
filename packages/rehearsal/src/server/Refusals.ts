import { type Answer, bad, no } from "./Answer.ts"

/** The answers several commands refuse with. */
export const badName: Answer = no("Mailbox name is not valid modified UTF-7", "CANNOT")
/** Exchange's words for whatever it does not like in a command. */
export const wrongArgument: Answer = bad("Command Argument Error. 11")
export const badSet: Answer = bad("Invalid messageset")
export const noPlaceLeft: Answer = no("Quota exceeded (mailbox for user is full)", "OVERQUOTA")
export const readOnly: Answer = no("Mailbox is read-only", "READ-ONLY")

export const noSuchMailbox = (name: string, code: "NONEXISTENT" | "TRYCREATE" = "NONEXISTENT"): Answer =>
  no(`Mailbox doesn't exist: ${name}`, code)
