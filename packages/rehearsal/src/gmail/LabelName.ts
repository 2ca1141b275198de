import { invalidArgument } from "./ApiError.ts"

/** No public reference gives a limit; from 226 characters on Gmail refuses. */
const longest = 225

/** Two names with the same key are one label to Gmail, which compares without case. */
export const labelKey = (name: string): string => name.normalize("NFC").toLowerCase()

/** Ends, doubled spaces and empty levels are what Gmail calls excess white space; the rest means something to its search. */
const illegal = /^\s|\s$|\s{2}|[\^\\*+`"']|^\/|\/$|\/\/|\s\/|\/\s|\p{Cc}/u

const systemNames = new Set([
  "inbox",
  "spam",
  "trash",
  "unread",
  "starred",
  "important",
  "sent",
  "draft",
  "chat",
  "category_personal",
  "category_social",
  "category_promotions",
  "category_updates",
  "category_forums"
])

/** Fails where no label can ever have this name. */
export const checkLabelName = (name: unknown): string => {
  const legal = typeof name === "string" && name !== "" && name.length <= longest && !illegal.test(name)
  if (!legal || systemNames.has(labelKey(name).split("/", 1)[0] ?? "")) {
    throw invalidArgument("Invalid label name")
  }
  return name
}
