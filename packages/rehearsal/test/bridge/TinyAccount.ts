import { createHash } from "node:crypto"

import {
  type ProtonAccount,
  type ProtonLabel,
  type ProtonMessage,
  SystemLabel
} from "@mailferry/rehearsal/ProtonAccount.ts"

/** 88 characters ending in `==`, the same for the same name. */
export const protonId = (name: string): string =>
  `${createHash("sha512").update(name).digest("base64url")}==`.padStart(88, "_")

export interface TinyMessage extends Partial<Omit<ProtonMessage, "raw" | "labelIds" | "id">> {
  readonly name: string
  readonly labels?: ReadonlyArray<string>
  /** The whole message; lines end as written. */
  readonly raw?: string | Uint8Array
}

const rawOf = (name: string): string =>
  [
    "From: Ann <ann@example.com>",
    "To: user@proton.example",
    `Subject: ${name}`,
    "Date: Fri, 01 Mar 2024 10:00:00 +0000",
    `Message-ID: <${name}@example.com>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "",
    `This is ${name}.`,
    ""
  ].join("\r\n")

export const tinyMessage = ({ name, labels, raw, ...rest }: TinyMessage): ProtonMessage => ({
  time: Date.UTC(2024, 2, 1, 10) / 1000,
  unread: true,
  answered: false,
  forwarded: false,
  externalId: `${name}@example.com`,
  address: "user@proton.example",
  ...rest,
  id: protonId(name),
  labelIds: new Set(labels ?? [SystemLabel.inbox]),
  raw: Buffer.from(raw ?? rawOf(name))
})

export const tinyAccount = (
  messages: ReadonlyArray<TinyMessage> = [],
  labels: ReadonlyArray<ProtonLabel> = []
): ProtonAccount => ({
  addresses: ["user@proton.example", "alias@proton.example"],
  labels: [...labels],
  messages: messages.map(tinyMessage)
})
