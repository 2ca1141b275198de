import type { LabelColour } from "./LabelPort.ts"

/**
 * Every colour that a label may have: 113 values, from the description of `LabelColor` in Gmail's discovery document
 * (revision 20260727, as `@googleapis/gmail` 22.0.1 carries it, read 2026-11-20). Any other is answered with 400.
 */
// oxfmt-ignore
const palette: ReadonlyArray<string> = [
  "#000000", "#434343", "#666666", "#999999", "#cccccc", "#efefef", "#f3f3f3", "#ffffff",
  "#fb4c2f", "#ffad47", "#fad165", "#16a766", "#43d692", "#4a86e8", "#a479e2", "#f691b3",
  "#f6c5be", "#ffe6c7", "#fef1d1", "#b9e4d0", "#c6f3de", "#c9daf8", "#e4d7f5", "#fcdee8",
  "#efa093", "#ffd6a2", "#fce8b3", "#89d3b2", "#a0eac9", "#a4c2f4", "#d0bcf1", "#fbc8d9",
  "#e66550", "#ffbc6b", "#fcda83", "#44b984", "#68dfa9", "#6d9eeb", "#b694e8", "#f7a7c0",
  "#cc3a21", "#eaa041", "#f2c960", "#149e60", "#3dc789", "#3c78d8", "#8e63ce", "#e07798",
  "#ac2b16", "#cf8933", "#d5ae49", "#0b804b", "#2a9c68", "#285bac", "#653e9b", "#b65775",
  "#822111", "#a46a21", "#aa8831", "#076239", "#1a764d", "#1c4587", "#41236d", "#83334c",
  "#464646", "#e7e7e7", "#0d3472", "#b6cff5", "#0d3b44", "#98d7e4", "#3d188e", "#e3d7ff",
  "#711a36", "#fbd3e0", "#8a1c0a", "#f2b2a8", "#7a2e0b", "#ffc8af", "#7a4706", "#ffdeb5",
  "#594c05", "#fbe983", "#684e07", "#fdedc1", "#0b4f30", "#b3efd3", "#04502e", "#a2dcc1",
  "#c2c2c2", "#4986e7", "#2da2bb", "#b99aff", "#994a64", "#f691b2", "#ff7537", "#ffad46",
  "#662e37", "#ebdbde", "#cca6ac", "#094228", "#42d692", "#16a765", "#757575", "#1e53b8",
  "#007286", "#7858c3", "#c2185b", "#d93025", "#54240e", "#633e04", "#521d28", "#202124",
  "#083018"
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

/** Relative luminance, which WCAG 2 measures contrast by. */
const luminance = ([red, green, blue]: Triple): number => 0.2126 * red + 0.7152 * green + 0.0722 * blue

/** Oklab (Björn Ottosson, 2020): distances in it are about as large as they look, in blues too, unlike in CIE76. */
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

const distance = (a: Triple, b: Triple): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])

const colours = palette.flatMap((hex) => {
  const rgb = linear(hex)
  return rgb === undefined ? [] : [{ hex, look: oklab(rgb), luminance: luminance(rgb) }]
})

/** WCAG 2: contrast with white against contrast with black. */
const textOn = (background: number): string =>
  1.05 / (background + 0.05) > (background + 0.05) / 0.05 ? "#ffffff" : "#000000"

/** The palette's colour that looks most like a given one, with the text that is read best on it; none for what is no colour. */
export const nearestColour = (hex: string): LabelColour | undefined => {
  const rgb = linear(hex)
  if (rgb === undefined) return undefined
  const wanted = oklab(rgb)
  let [nearest] = colours
  for (const each of colours) {
    if (nearest === undefined || distance(each.look, wanted) < distance(nearest.look, wanted)) nearest = each
  }
  return nearest && { backgroundColor: nearest.hex, textColor: textOn(nearest.luminance) }
}
