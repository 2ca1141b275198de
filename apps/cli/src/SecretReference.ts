/** Where a secret is kept. */
export type SecretReference =
  | { readonly _tag: "env"; readonly name: string }
  | { readonly _tag: "file"; readonly path: string }
  | { readonly _tag: "cmd"; readonly command: string }

const form = /^(env|file|cmd):(.+)$/su

/** The reference a job file holds in the place of a secret; undefined for anything else, the secret itself included. */
export const referenceOf = (value: unknown): SecretReference | undefined => {
  const [, scheme, rest = ""] = (typeof value === "string" ? form.exec(value.trim()) : null) ?? []
  switch (scheme) {
    case "env":
      return { _tag: "env", name: rest.trim() }
    case "file":
      return { _tag: "file", path: rest.trim() }
    case "cmd":
      return { _tag: "cmd", command: rest.trim() }
    default:
      return undefined
  }
}

export const isReference = (value: unknown): boolean => referenceOf(value) !== undefined

/** Why a secret may not stand in the job file. Does not repeat it. */
export const literalSecret = (field: string): string =>
  `${field} must not hold the secret itself: files are copied, shared and backed up. Say where it is kept: ` +
  `"env:NAME" (an environment variable), "file:PATH" (a file only you can read) or "cmd:COMMAND" (a password manager's command)`
