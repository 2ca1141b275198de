import { createHash } from "node:crypto"

import { buildMessage } from "@mailferry/dest-o365/message/GraphMessage.ts"
import { buildLiteral } from "@mailferry/rehearsal/bridge/BridgeLiteral.ts"
import { type ProtonAccount, type ProtonMessage } from "@mailferry/rehearsal/ProtonAccount.ts"
import type { RehearsalGraph } from "@mailferry/rehearsal/RehearsalGraph.ts"
import * as DateTime from "effect/DateTime"

import type { NamedLoss } from "../../src/Fidelity.ts"
import { type ExchangeMail, exchangeMailbox } from "../../src/rehearsal/ExchangeMail.ts"

interface Created {
  readonly id: string
}

/** Brings one message of the account into the mailbox as mailferry's parts do, without mailferry. */
const bring = async (
  server: RehearsalGraph,
  message: ProtonMessage,
  mail: ExchangeMail
): Promise<ReadonlyArray<NamedLoss>> => {
  const octets = buildLiteral(message)
  const authorization = `Bearer ${server.token}`
  const post = async (path: string, contentType: string, body: string | Buffer) => {
    const answer = await fetch(`${server.url}/v1.0${path}`, {
      method: "POST",
      headers: { authorization, "content-type": contentType, prefer: 'IdType="ImmutableId"' },
      body: typeof body === "string" ? body : new Uint8Array(body)
    })
    const text = await answer.text()
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${text}`)
    return JSON.parse(text) as Created
  }
  if (mail.isDraft) {
    const { id } = await post("/me/messages", "text/plain", octets.toString("base64"))
    const stored = server.account.message(id)
    stored?.change({ isRead: mail.isRead, categories: mail.categories })
    return [{ id: message.id, kind: "draft-date" }]
  }
  const built = buildMessage(octets, {
    flags: new Set([
      ...(mail.isRead ? (["\\Seen"] as const) : []),
      ...(mail.isFlagged ? (["\\Flagged"] as const) : []),
      ...(mail.isAnswered ? (["\\Answered"] as const) : [])
    ]),
    keywords: new Set(mail.isForwarded ? ["$Forwarded"] : []),
    categories: mail.categories,
    internalDate: DateTime.makeUnsafe(mail.received ?? 0),
    key: createHash("sha256").update(mail.id).digest("hex"),
    original: "when-needed"
  })
  if (built._tag === "too-large") throw new Error(built.detail)
  for (const folder of mail.folders) {
    const target = server.account.folder(folder) ?? server.account.folderAt(folder) ?? made(server, folder)
    const { id } = await post(
      `/me/mailFolders/${target.id}/messages`,
      "application/json",
      JSON.stringify(built.request)
    )
    const stored = server.account.message(id)
    if (stored === undefined) throw new Error("it is not there")
    for (const file of built.later) {
      const { contentId, contentType, isInline, name, octets } = file
      stored.attachments.push({
        id: server.account.newAttachmentId(),
        immutableId: server.account.newAttachmentId(),
        name,
        contentType,
        isInline,
        contentId,
        contentLocation: undefined,
        lastModified: 0,
        octets: server.account.keep(octets)
      })
    }
    for (const key of stored.properties.keys())
      if (key.endsWith("MigrationState")) stored.properties.set(key, "done")
  }
  return built.losses.map(({ kind }) => ({ id: message.id, kind }))
}

const made = ({ account }: RehearsalGraph, path: string) => {
  const stored = account.deposit(path)
  account.remove(stored)
  return stored.folder
}

/** All of the account, as a complete move leaves it. */
export const bringAll = async (
  server: RehearsalGraph,
  account: ProtonAccount
): Promise<ReadonlyArray<NamedLoss>> => {
  const losses: Array<NamedLoss> = []
  const mails = new Map(exchangeMailbox(account).mails.map((mail) => [mail.id, mail]))
  for (const message of account.messages) {
    const mail = mails.get(message.id)
    if (mail !== undefined) losses.push(...(await bring(server, message, mail)))
  }
  for (const category of [...mails.values()].flatMap(({ categories }) => categories))
    server.account.categories.add(category, "none")
  return losses
}
