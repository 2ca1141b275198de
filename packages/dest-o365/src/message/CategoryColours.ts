import { plainText } from "./PlainText.ts"

/** `categoryColor` of Microsoft Graph. */
export type CategoryColour = "none" | `preset${number}`

/**
 * The 25 colours of categories in their order, `preset0` (red) to `preset24` (dark cranberry), as [MS-OXOCFG] 2.2.5.2.1
 * and the classic Outlook have them; newer Outlooks show each in another shade. Read 2026-11-21 in the documentation of a
 * server that quotes them: Graph's own page names the colours and gives no values.
 */
// oxfmt-ignore
const presets: ReadonlyArray<string> = [
  "#e7a1a2", "#f9ba89", "#f7dd8f", "#fcfa90", "#78d168", "#9fdcc9", "#c6d2b0", "#9db7e8", "#b5a1e2",
  "#daaec2", "#dad9dc", "#6b7994", "#bfbfbf", "#6f6f6f", "#4f4f4f", "#c11a25", "#e2620d", "#c79930",
  "#b9b300", "#368f2b", "#329b7a", "#778b45", "#2858a5", "#5c3fa3", "#93446b"
]

type Triple = readonly [number, number, number]

/** Red, green and blue from 0 to 1, gamma undone (IEC 61966-2-1); none where the text is no `#rgb` or `#rrggbb`. */
const linear = (hex: string): Triple | undefined => {
  const short = /^#?([0-9a-f])([0-9a-f])([0-9a-f])$/iu.exec(hex.trim())
  const [, ...parts] = short ?? /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/iu.exec(hex.trim()) ?? []
  const [red, green, blue] = parts.map((part) => {
    const value = Number.parseInt(part.length === 1 ? part + part : part, 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return red === undefined || green === undefined || blue === undefined ? undefined : [red, green, blue]
}

/** Oklab (Björn Ottosson, 2020): distances in it are about as large as they look. */
const oklab = ([red, green, blue]: Triple): Triple => {
  const l = Math.cbrt(0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue)
  const m = Math.cbrt(0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue)
  const s = Math.cbrt(0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue)
  return [
    0.210_454_255_3 * l + 0.793_617_785 * m - 0.004_072_046_8 * s,
    1.977_998_495_1 * l - 2.428_592_205 * m + 0.450_593_709_9 * s,
    0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766 * s
  ]
}

const looks = presets.map((hex) => oklab(linear(hex) ?? [0, 0, 0]))

const distance = (a: Triple, b: Triple): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])

/** The preset that looks most like a colour; `none` for what is no colour. */
export const nearestPreset = (hex: string): CategoryColour => {
  const rgb = linear(hex)
  if (rgb === undefined) return "none"
  const wanted = oklab(rgb)
  const distances = looks.map((look) => distance(look, wanted))
  return `preset${distances.indexOf(Math.min(...distances))}`
}

/** What a category's name may hold: displayName has 255 characters. */
const longestName = 255

/**
 * A label's name as a category's: Outlook joins names by "," and ";" when it shows or types them, so each becomes "_".
 * Empty when nothing is left that could be a name.
 */
export const categoryName = (label: string): string =>
  plainText(label.replace(/[\r\n\t]+/gu, " "))
    .text.replace(/[,;]/gu, "_")
    .trim()
    .slice(0, longestName)
    .toWellFormed()

/** Names for one message, each once: Outlook knows no two that differ in case only. */
export const categoryNames = (labels: Iterable<string>): ReadonlyArray<string> => {
  const names = new Map<string, string>()
  for (const label of labels) {
    const name = categoryName(label)
    if (name !== "" && !names.has(name.toLowerCase())) names.set(name.toLowerCase(), name)
  }
  return [...names.values()]
}
