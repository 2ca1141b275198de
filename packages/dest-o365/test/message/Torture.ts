import type { Torture } from "./TortureMail.ts"
import { torturousParts } from "./TorturousParts.ts"
import { torturousText } from "./TorturousText.ts"

/** Messages that parsers get wrong, each with what is in it for a reader. */
export const tortures: ReadonlyArray<Torture> = [...torturousText, ...torturousParts]
