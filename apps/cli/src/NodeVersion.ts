/** `engines` of package.json: node:sqlite without a warning, and type stripping when run from source. */
const neededNode = [24, 11] as const

/** Why this Node cannot run mailferry; undefined when it can. */
export const nodeTooOld = (version: string): string | undefined => {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  const [neededMajor, neededMinor] = neededNode
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return undefined
  return `mailferry needs Node ${neededMajor}.${neededMinor} or newer; this is Node ${version}. https://nodejs.org has it, and so have nvm, fnm and Homebrew.`
}
