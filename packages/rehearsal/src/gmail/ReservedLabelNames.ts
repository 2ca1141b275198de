/** Names of Gmail's own labels, and of those it once had or keeps for itself. Lower case. */
const english = [
  "inbox",
  "spam",
  "trash",
  "bin",
  "unread",
  "starred",
  "important",
  "sent",
  "draft",
  "drafts",
  "chat",
  "chats",
  "buzz",
  "all mail",
  "allmail",
  "archive",
  "archived",
  "muted",
  "migrated",
  "todo",
  "todos",
  "scheduled",
  "voicemail",
  "personal",
  "social",
  "promotions",
  "updates",
  "forums",
  "travel",
  "finance"
] as const

/** What Gmail's own labels are called where the account has another language. Some of the 73 there are. */
const localised = {
  de: [
    "posteingang",
    "gesendet",
    "entwürfe",
    "papierkorb",
    "markiert",
    "wichtig",
    "alle nachrichten",
    "ungelesen",
    "geplant"
  ],
  es: ["recibidos", "enviado", "enviados", "borradores", "papelera", "destacados", "importantes", "no leído"],
  fr: ["boîte de réception", "envoyé", "brouillons", "corbeille", "suivis", "messages suivis", "non lus"],
  it: ["posta in arrivo", "inviata", "inviati", "bozze", "cestino", "speciali", "importanti", "da leggere"],
  nl: ["postvak in", "verzonden", "concepten", "prullenbak", "met ster", "gearchiveerd", "ongelezen"],
  pt: ["caixa de entrada", "enviados", "rascunhos", "lixeira", "com estrela", "importante", "não lidos"]
} as const

export type AccountLanguage = "en" | keyof typeof localised

/** The names no user label may have, as its own or as its first level. Lower case, NFC. */
export const reservedLabelNames = (language: AccountLanguage): ReadonlySet<string> =>
  new Set(
    [...english, ...(language === "en" ? [] : localised[language])].map((name) => name.normalize("NFC"))
  )
