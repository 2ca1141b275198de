/** LIST's pattern: `*` is anything, `%` anything within one level, the rest to the letter except INBOX, in any case. */
export const mailboxPattern = (pattern: string, delimiter: string): ((name: string) => boolean) => {
  const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/gu, "\\$&")
  const level = `[^${escape(delimiter)}]*`
  const source = pattern
    .split(/([*%])/u)
    .map((part) => (part === "*" ? ".*" : part === "%" ? level : escape(part)))
    .join("")
  const exact = new RegExp(`^${source}$`, "su")
  const anyCase = new RegExp(`^${source}$`, "isu")
  return (name) => (name.toUpperCase() === "INBOX" ? anyCase : exact).test(name)
}
