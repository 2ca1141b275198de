/** One address of a From or To field. All `undefined` but the name: text that could not be read as an address. */
export interface MailAddress {
  readonly name: string | undefined
  readonly mailbox: string | undefined
  readonly host: string | undefined
}

/** Splits at commas outside quotes, comments and angle brackets. */
const split = (text: string): ReadonlyArray<string> => {
  const items: Array<string> = []
  let item = ""
  let quoted = false
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? ""
    if (character === "\\") {
      item += character + (text[at + 1] ?? "")
      at += 1
      continue
    }
    if (character === '"') quoted = !quoted
    else if (!quoted && (character === "<" || character === "(")) depth += 1
    else if (!quoted && (character === ">" || character === ")")) depth -= 1
    if (character === "," && !quoted && depth <= 0) {
      items.push(item)
      item = ""
    } else item += character
  }
  return [...items, item].map((each) => each.trim()).filter((each) => each !== "")
}

const unquote = (text: string): string =>
  /^".*"$/su.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/gu, "$1") : text

const bracketed = /^(.*)<\s*([^<>@]+)@([^<>@]+?)\s*>$/su
const bare = /^([^\s<>@,]+)@([^\s<>@,]+?)(?:\s*\((.*)\))?$/su

const one = (text: string): MailAddress => {
  const inBrackets = bracketed.exec(text)
  if (inBrackets !== null) {
    const name = unquote((inBrackets[1] ?? "").trim())
    return { name: name === "" ? undefined : name, mailbox: inBrackets[2], host: inBrackets[3] }
  }
  const alone = bare.exec(text)
  if (alone !== null) return { name: alone[3], mailbox: alone[1], host: alone[2] }
  return { name: text, mailbox: undefined, host: undefined }
}

/** Addresses of an RFC 5322 field. Groups are flattened: their members stand as if written alone. */
export const parseAddresses = (text: string): ReadonlyArray<MailAddress> =>
  split(
    text.replaceAll(/(?:^|,)\s*[^,:"<@]+:|;\s*(?=,|$)/gu, (found) => (found.startsWith(",") ? "," : ""))
  ).map(one)
