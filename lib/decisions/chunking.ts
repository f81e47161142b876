export const chunkTokens = 512;
/** D8.1 asks for 50 to 64; 64 is an eighth of a chunk and ends on a cache block of 16 tokens. */
export const chunkOverlapTokens = 64;
