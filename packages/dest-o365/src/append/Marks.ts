import type { Flags } from "@mailferry/core/Message.ts"

import { verbProperties } from "../message/GraphProperties.ts"

/** `$Forwarded` and its like are kept in other ways, or not at all. */
export const categoriesOf = ({ keywords }: Pick<Flags, "keywords">): ReadonlyArray<string> =>
  [...keywords].filter((keyword) => !keyword.startsWith("$"))

/** The body of a PATCH that adds marks to a message; undefined when there is nothing to add. `present`: its categories now. */
export const markChange = (
  { flags, keywords }: Flags,
  present: ReadonlyArray<string>
): Readonly<Record<string, unknown>> | undefined => {
  const known = new Set(present.map((name) => name.toLowerCase()))
  const added = categoriesOf({ keywords }).filter((name) => !known.has(name.toLowerCase()))
  const verbs = verbProperties({ flags, keywords })
  const change = {
    ...(flags.has("\\Seen") ? { isRead: true } : {}),
    ...(flags.has("\\Flagged") ? { flag: { flagStatus: "flagged" } } : {}),
    ...(added.length === 0 ? {} : { categories: [...present, ...added] }),
    ...(verbs.length === 0 ? {} : { singleValueExtendedProperties: verbs })
  }
  return Object.keys(change).length === 0 ? undefined : change
}
