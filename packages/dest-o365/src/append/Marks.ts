import { unionFlags } from "@mailferry/core/FlagsText.ts"
import type { Flags } from "@mailferry/core/Message.ts"

import { verbProperties } from "../message/GraphProperties.ts"
import { flagsOf, type StoredMessage } from "../StoredMessage.ts"

/** `$Forwarded` and its like are kept in other ways, or not at all. */
export const categoriesOf = ({ keywords }: Pick<Flags, "keywords">): ReadonlyArray<string> =>
  [...keywords].filter((keyword) => !keyword.startsWith("$"))

/** Exchange has one verb and one icon for both: what one of them tells already must not be lost to the other. */
const verbsOf = ({ flags, keywords }: Flags, present: Flags): ReturnType<typeof verbProperties> => {
  const isNew =
    (flags.has("\\Answered") && !present.flags.has("\\Answered")) ||
    (keywords.has("$Forwarded") && !present.keywords.has("$Forwarded"))
  return isNew ? verbProperties(unionFlags({ flags, keywords }, present)) : []
}

/** The body of a PATCH that adds marks to a message as it is now; undefined when there is nothing to add. */
export const markChange = (
  added: Flags,
  message: StoredMessage
): Readonly<Record<string, unknown>> | undefined => {
  const { flags } = added
  const present = message.categories ?? []
  const known = new Set(present.map((name) => name.toLowerCase()))
  const categories = categoriesOf(added).filter((name) => !known.has(name.toLowerCase()))
  const verbs = verbsOf(added, flagsOf(message))
  const change = {
    ...(flags.has("\\Seen") ? { isRead: true } : {}),
    ...(flags.has("\\Flagged") ? { flag: { flagStatus: "flagged" } } : {}),
    ...(categories.length === 0 ? {} : { categories: [...present, ...categories] }),
    ...(verbs.length === 0 ? {} : { singleValueExtendedProperties: verbs })
  }
  return Object.keys(change).length === 0 ? undefined : change
}
