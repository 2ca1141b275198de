import type { ProtonLabel } from "../ProtonAccount.ts"
import { protonId } from "./ProtonId.ts"

const folderPaths = {
  work: ["Work"],
  clients: ["Work", "Clients"],
  nordwind: ["Work", "Clients", "Nordwind"],
  harbourlight: ["Work", "Clients", "Harbourlight"],
  research: ["Work", "R&D"],
  slash: ["a/b"],
  belowSlash: ["a/b", "below a slash"],
  family: ["Family"],
  hebrew: ["משפחה"],
  arabic: ["Family", "صور العائلة"],
  hiking: ["🏔️ Hiking"],
  japan: ["Travel", "2019", "日本 🗾"],
  quoted: ["\"Quoted\" and 'single'"],
  trailingDot: ["Misc."],
  backslash: ["back\\slash"],
  accents: ["Entwürfe für später"],
  bank: ["Bank"],
  receipts: ["Receipts"],
  lists: ["Lists"],
  empty: ["Nothing in here"]
} as const satisfies Record<string, ReadonlyArray<string>>

const labelNames = {
  urgent: "Urgent",
  toRead: "To read 📚",
  taxes: "Taxes 2024",
  nordwind: "Nordwind & Söhne",
  /** Bears the name of a folder. */
  receipts: "Receipts",
  slash: "yes/no",
  hebrew: "חשוב",
  percent: '100% "sure"*',
  unused: "Never used"
} as const

export type FolderKey = keyof typeof folderPaths
export type LabelKey = keyof typeof labelNames

export const folderKeys = Object.keys(folderPaths) as ReadonlyArray<FolderKey>
export const labelKeys = Object.keys(labelNames) as ReadonlyArray<LabelKey>

/** The user's folders and labels, by the names the sample's own code has for them. */
export interface SampleLabels {
  readonly all: ReadonlyArray<ProtonLabel>
  readonly folder: (key: FolderKey) => string
  readonly label: (key: LabelKey) => string
}

/** Every user folder and label of the sample. A folder's parents are folders of their own, as Proton has it. */
export const sampleLabels = (seed: number): SampleLabels => {
  const folderId = (path: ReadonlyArray<string>) => protonId(`${seed} folder ${JSON.stringify(path)}`)
  const labelId = (key: LabelKey) => protonId(`${seed} label ${key}`)
  const paths = new Map<string, ReadonlyArray<string>>()
  for (const path of Object.values<ReadonlyArray<string>>(folderPaths))
    for (let depth = 1; depth <= path.length; depth++) {
      const upTo = path.slice(0, depth)
      paths.set(JSON.stringify(upTo), upTo)
    }
  return {
    all: [
      ...[...paths.values()].map((path): ProtonLabel => ({ id: folderId(path), kind: "folder", path })),
      ...labelKeys.map((key): ProtonLabel => ({ id: labelId(key), kind: "label", path: [labelNames[key]] }))
    ],
    folder: (key) => folderId(folderPaths[key]),
    label: labelId
  }
}
