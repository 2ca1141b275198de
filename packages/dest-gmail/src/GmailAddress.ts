/** Hosts of one mailbox: what stood before gmail.com was one's own in Britain and Germany. */
const gmailHosts = new Set(["gmail.com", "googlemail.com"])

/** An address as Gmail compares them: without dots and what follows a plus, where it is Gmail's own. One for an account. */
export const accountAddress = (address: string): string => {
  const at = address.lastIndexOf("@")
  const host = address.slice(at + 1).toLowerCase()
  const local = address.slice(0, Math.max(0, at)).toLowerCase()
  if (!gmailHosts.has(host)) return `${local}@${host}`
  return `${local.replace(/\+.*$/u, "").replaceAll(".", "")}@gmail.com`
}

/** Whether two addresses are one Gmail account (support.google.com/mail/answer/7436150). */
export const isSameAddress = (one: string, other: string): boolean =>
  accountAddress(one) === accountAddress(other)
