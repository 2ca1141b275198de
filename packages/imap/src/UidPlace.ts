import { Cursor } from "@mailferry/core/MailboxReader.ts"
import { MessageLocator } from "@mailferry/core/Message.ts"
import * as Option from "effect/Option"

/** A UID and the UIDVALIDITY (as text) it belongs to. Written `<UIDVALIDITY>:<UID>` in locators and cursors. */
export interface UidPlace {
  readonly epoch: string
  readonly uid: number
}

export const locatorOf = ({ epoch, uid }: UidPlace): MessageLocator => MessageLocator(`${epoch}:${uid}`)

export const cursorAt = ({ epoch, uid }: UidPlace): Cursor => Cursor(`${epoch}:${uid}`)

/** The place a locator or cursor names; none when it is not one of IMAP's. */
export const uidPlaceOf = (text: string): Option.Option<UidPlace> => {
  const [, epoch, uid] = /^(\d+):(\d{1,10})$/u.exec(text) ?? []
  return epoch === undefined ? Option.none() : Option.some({ epoch, uid: Number(uid) })
}
