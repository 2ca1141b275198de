declare module "libmime" {
  const libmime: {
    /** Decodes every encoded word of RFC 2047 in a header value; unknown charsets are left as they are. */
    decodeWords(value: string): string
  }
  export default libmime
}
