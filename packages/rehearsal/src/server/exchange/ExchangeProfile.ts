import type { Extension, ServerProfile } from "../ServerProfile.ts"

const offered = "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT"

/**
 * Like outlook.office365.com, as transcripts have it (jstedfast/MailKit#849, #1282): special uses in LIST without
 * SPECIAL-USE, none for Archive, `$MDNSent` the one keyword, errors in words and not in codes. The words for a full
 * mailbox, for one that is there and for a reserved name are made up.
 */
export const exchangeProfile = ({ appendLimit }: Pick<ServerProfile, "appendLimit">): ServerProfile => ({
  greeting: "The Microsoft Exchange IMAP4 service is ready. [UgBlAGgAZQBhAHIAcwBhAGwA]",
  extensions: new Set<Extension>([
    "CHILDREN",
    "ID",
    "IDLE",
    "LITERAL+",
    "MOVE",
    "NAMESPACE",
    "SASL-IR",
    "UIDPLUS",
    "UNSELECT"
  ]),
  delimiter: "/",
  prefix: "",
  atStart: {},
  refused: [
    { pattern: /^Files$/iu, says: "The folder name is reserved." },
    { pattern: /\p{Cc}|^\/|\/\/|\/$|[^/]{256}/u, says: "BAD Command Argument Error. 11" }
  ],
  parentsFirst: false,
  caseInsensitive: true,
  appendLimit,
  advertisesAppendLimit: false,
  quota: Infinity,
  keepsKeywords: false,
  keywords: ["$MDNSent"],
  codes: "all",
  runsRefusedLiterals: false,
  capabilities: {
    beforeLogin: `${offered} CHILDREN IDLE NAMESPACE LITERAL+`,
    afterLogin: `${offered} CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE CHILDREN IDLE NAMESPACE LITERAL+`
  },
  tellsUses: true,
  answers: {
    ALREADYEXISTS: "NO Folder already exists.",
    AUTHENTICATIONFAILED: "NO AUTHENTICATE failed.",
    CANNOT: "BAD Command Argument Error. 11",
    NONEXISTENT: "NO The requested item could not be found.",
    OVERQUOTA: "NO The mailbox is full.",
    TOOBIG: "NO Maximum size of appendable message has been exceeded.",
    TRYCREATE: "NO The requested item could not be found."
  },
  // Set-ImapSettings, MaxCommandSize.
  longestCommand: 10_240,
  // imapsync's FAQ.Office365 has it, and the number of errors.
  longestLine: 10_500,
  errorsAtMost: 10
})
