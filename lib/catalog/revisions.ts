/**
 * Commits of Hugging Face repositories, each seen as pinned in several public repositories (read 2026-11-21). A plan
 * names them where the answers name none, because the mirror copies pinned revisions only (P3).
 */
const knownRevisions: Readonly<Record<string, string>> = {
  'BAAI/bge-large-en-v1.5': 'd4aa6901d3a41ba39fb536a557fa166f842b0e09',
  'BAAI/bge-m3': '5617a9f61b028005a4858fdac845db406aefb181',
  'BAAI/bge-reranker-v2-m3': '953dc6f6f85a1b2dbfca4c34a2796e7dde08d41e',
  'Qwen/Qwen3-14B': '40c069824f4251a91eefaf281ebe4c544efd3e18',
  'Qwen/Qwen3-8B': 'b968826d9c46dd6066d109eabc6255188de91218',
  'Qwen/Qwen3-Coder-30B-A3B-Instruct': 'b2cff646eb4bb1d68355c01b18ae02e7cf42d120',
  'Qwen/Qwen3-Embedding-0.6B': 'c54f2e6e80b2d7b7de06f51cec4959f6b3e03418',
  'Qwen/Qwen3-Embedding-4B': '5cf2132abc99cad020ac570b19d031efec650f2b',
  'Qwen/Qwen3-Embedding-8B': '1d8ad4ca9b3dd8059ad90a75d4983776a23d44af',
  'Qwen/Qwen3-Reranker-0.6B': 'e61197ed45024b0ed8a2d74b80b4d909f1255473',
  'intfloat/e5-mistral-7b-instruct': '07163b72af1488142a360786df853f237b1a3ca1',
  'meta-llama/Llama-3.1-8B-Instruct': '0e9e39f249a16976918f6564b8830bc894c89659',
  'meta-llama/Llama-3.3-70B-Instruct': '6f6073b423013f6a7d4d9f39144961bfbfbc386b',
  'mistralai/Mistral-Small-3.2-24B-Instruct-2506': '95a6d26c4bfb886c58daf9d3f7332c857cb27b43',
};

/** The commit to mirror of a model; undefined where none is known and the answers must name it. */
export function knownRevision(modelId: string): string | undefined {
  return Object.hasOwn(knownRevisions, modelId) ? knownRevisions[modelId] : undefined;
}
