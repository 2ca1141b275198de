/** What the Prefer field of a request asks for. */
export interface Preferences {
  readonly immutableIds: boolean
  readonly unsafeHtml: boolean
  /** As `outlook.body-content-type` says. */
  readonly bodyType: "html" | "text" | undefined
  readonly maxPageSize: number | undefined
}

export const preferencesOf = (field = ""): Preferences => {
  const bodyType = /outlook\.body-content-type\s*=\s*"?(html|text)"?/iu.exec(field)?.[1]?.toLowerCase()
  const pageSize = /odata\.maxpagesize\s*=\s*(\d+)/iu.exec(field)?.[1]
  return {
    immutableIds: /idtype\s*=\s*"ImmutableId"/iu.test(field),
    unsafeHtml: /outlook\.allow-unsafe-html/iu.test(field),
    bodyType: bodyType === "html" || bodyType === "text" ? bodyType : undefined,
    maxPageSize: pageSize === undefined ? undefined : Number(pageSize)
  }
}

/** What `Preference-Applied` answers. */
export const applied = ({ immutableIds, bodyType }: Preferences): string | undefined => {
  const parts = [
    ...(immutableIds ? ['IdType="ImmutableId"'] : []),
    ...(bodyType === undefined ? [] : [`outlook.body-content-type="${bodyType}"`])
  ]
  return parts.length === 0 ? undefined : parts.join(", ")
}
