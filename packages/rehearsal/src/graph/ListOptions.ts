import { propertiesOf } from "./contract/SchemaCheck.ts"
import { extendedProperty } from "./ExtendedProperty.ts"
import { readFilter, type Filter } from "./FilterExpression.ts"
import { badRequest, notRehearsed } from "./GraphError.ts"
import type { Expansion } from "./MessageView.ts"

const pageSize = 10
const mostPerPage = 1000

const parseFault = (message: string): Error => badRequest(message, "RequestBroker--ParseUri")

const known = new Set([
  "$select",
  "$expand",
  "$filter",
  "$top",
  "$skip",
  "$orderby",
  "$count",
  "$search",
  "includeHiddenFolders",
  "includehiddenfolders"
])

export interface ListOptions {
  /** All standard properties where it is undefined. */
  readonly select: ReadonlyArray<string> | undefined
  readonly expansion: Expansion
  readonly filter: Filter | undefined
  readonly orderBy: { readonly name: string; readonly descending: boolean } | undefined
  readonly top: number
  readonly skip: number
  readonly count: boolean
}

const number = (query: URLSearchParams, name: string, least: number, most: number): number | undefined => {
  const value = query.get(name)
  if (value === null) return undefined
  const given = Number(value)
  if (!/^\d+$/u.test(value) || given < least || given > most) {
    throw badRequest(`Invalid value '${value}' for ${name} query option found.`, "ErrorInvalidUrlQuery")
  }
  return given
}

const checkProperty = (name: string, type: string): void => {
  if (propertiesOf(type).has(name)) return
  throw parseFault(`Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`)
}

const selected = (query: URLSearchParams, type: string): ReadonlyArray<string> | undefined => {
  const text = query.get("$select")
  if (text === null || text === "") return undefined
  const names = text.split(",").map((name) => name.trim())
  for (const name of names) checkProperty(name, type)
  return names
}

/** Splits at commas outside parentheses and quotes. */
const items = (text: string): ReadonlyArray<string> => {
  const found = text.match(/(?:[^,('"]|'[^']*'|\((?:[^()']|'[^']*')*\))+/gu) ?? []
  return found.map((item) => item.trim()).filter((item) => item !== "")
}

const propertyIds = (item: string): ReadonlyArray<string> => {
  const filter = /\(\s*\$filter\s*=([\s\S]*)\)$/u.exec(item)?.[1]
  const ids = [...(filter ?? "").matchAll(/(?:\w+\/)?id eq '((?:[^']|'')*)'/giu)]
  if (ids.length === 0) {
    throw badRequest(
      "The navigation property 'singleValueExtendedProperties' can only be expanded with a filter on id.",
      "ErrorInvalidUrlQueryFilter"
    )
  }
  return ids.map(([, id = ""]) => extendedProperty(id.replaceAll("''", "'")).id)
}

const expansionOf = (query: URLSearchParams): Expansion => {
  let attachments = false
  const properties: Array<string> = []
  for (const item of items(query.get("$expand") ?? "")) {
    const name = /^\w+/u.exec(item)?.[0]
    if (name === "attachments") attachments = true
    else if (name === "singleValueExtendedProperties") properties.push(...propertyIds(item))
    else
      throw parseFault(`Could not find a property named '${String(name)}' on type 'microsoft.graph.message'.`)
  }
  return { attachments, properties }
}

const ordered = (query: URLSearchParams, filter: Filter | undefined): ListOptions["orderBy"] => {
  const text = query.get("$orderby")
  if (text === null) return undefined
  const [name = "", direction = "asc"] = text.trim().split(/\s+/u)
  if (filter !== undefined && filter.names[0] !== name) {
    throw badRequest("The restriction or sort order is too complex for this operation.", "InefficientFilter")
  }
  return { name, descending: direction.toLowerCase() === "desc" }
}

export const listOptions = (query: URLSearchParams, type: string, maxPageSize?: number): ListOptions => {
  for (const name of query.keys()) {
    if (name.startsWith("$") && !known.has(name)) {
      throw badRequest(`The query parameter '${name}' is not supported.`)
    }
  }
  if (query.has("$search")) throw notRehearsed("$search")
  const filterText = query.get("$filter")
  const filter = filterText === null ? undefined : readFilter(filterText)
  for (const name of filter?.names ?? []) checkProperty(name.split("/")[0] ?? "", type)
  return {
    select: selected(query, type),
    expansion: expansionOf(query),
    filter,
    orderBy: ordered(query, filter),
    top: number(query, "$top", 1, mostPerPage) ?? Math.min(maxPageSize ?? pageSize, mostPerPage),
    skip: number(query, "$skip", 0, Number.MAX_SAFE_INTEGER) ?? 0,
    count: query.get("$count")?.toLowerCase() === "true"
  }
}

/** One page and the link to the next, which counts from the front: what comes or goes meanwhile moves the rest. */
export const page = <Item>(
  all: ReadonlyArray<Item>,
  { top, skip, count }: ListOptions,
  url: string,
  query: URLSearchParams,
  view: (item: Item) => unknown
): object => {
  const next = new URLSearchParams(query)
  next.set("$skip", String(skip + top))
  // Graph leaves the dollar signs as they are.
  const link = `${url}?${next.toString().replaceAll("%24", "$")}`
  return {
    ...(count ? { "@odata.count": all.length } : {}),
    value: all.slice(skip, skip + top).map(view),
    ...(skip + top < all.length ? { "@odata.nextLink": link } : {})
  }
}
