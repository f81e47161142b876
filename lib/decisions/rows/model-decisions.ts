import { type Row, section } from './row.ts';

/** D1 to D6: how the model is adapted, hosted, served, quantized, batched and trained. */
export const modelDecisions: readonly Row[] = [
  ...section('D1 Adaptation: prompting, retrieval or fine-tuning', [
    { id: 'D1.1', when: 'knowledge changes often, or > 100k documents', rule: 'retrieval pipeline' },
    { id: 'D1.2', when: 'high-quality labelled data and a narrow task', rule: 'fine-tune a smaller model' },
    {
      id: 'D1.3',
      when: 'otherwise',
      rule: 'few-shot prompting first; fine-tune only with evidence that prompting fails',
    },
    {
      id: 'D1.4',
      when: 'narrow task at high volume where cost per request must fall',
      rule: 'distil into a smaller student, promoted only through the evaluation gate',
    },
  ]),
  ...section('D2 Self-hosted or hosted API', [
    { id: 'D2.1', when: 'data may not leave the infrastructure (PII, regulation)', rule: 'self-host; no exceptions' },
    { id: 'D2.2', when: 'iteration speed matters more than cost', rule: 'hosted API' },
    {
      id: 'D2.3',
      when: 'otherwise',
      rule: "price both at the expected token volume; self-host when the monthly API bill exceeds the infrastructure's; print the break-even volume",
    },
  ]),
  ...section('D3 Model server', [
    {
      id: 'D3.1',
      when: 'open-weight, high throughput (default)',
      rule: 'vLLM; chunked prefill for contexts above 16K; tensor parallelism across GPUs; automatic continuous batching and paged KV cache',
    },
    { id: 'D3.2', when: 'Hugging Face estate, or vLLM lacks the model', rule: 'TGI' },
    {
      id: 'D3.3',
      when: 'existing Triton pipelines, ensembles, or LLM served with vision/audio models',
      rule: 'Triton Inference Server',
    },
    { id: 'D3.4', when: 'development, single user', rule: 'Ollama; never multi-user production traffic' },
    { id: 'D3.5', when: 'CPU fallback or edge', rule: 'llama.cpp' },
  ]),
  ...section('D4 Quantization: in this order, first match wins', [
    { id: 'D4.1', when: 'P95 < 150 ms and GPU memory constrained', rule: 'AWQ 4-bit' },
    { id: 'D4.2', when: 'batch workload, moderate quality tolerance', rule: 'GPTQ 4-bit (calibration set required)' },
    { id: 'D4.3', when: 'CPU fallback or edge', rule: 'GGUF q4_K_M' },
    {
      id: 'D4.4',
      when: 'quality-critical, enough GPU memory budget',
      rule: 'bitsandbytes NF4 with double quantization',
    },
    { id: 'D4.5', when: 'no memory constraint', rule: 'BF16 (FP16 before Ampere)' },
    {
      id: 'D4.6',
      when: 'ours: the checkpoint ships in a native low precision (FP8, MXFP4), or the GPU runs FP8/FP4 natively and the quality tolerance allows',
      rule: 'that precision; the record shows what D4.1–5 would have chosen and the predicted difference',
    },
  ]),
  ...section('D5 Batching and cache', [
    {
      id: 'D5.1',
      rule: 'continuous batching stays on; `max-num-seqs` and `max-num-batched-tokens` come from the capacity plan, not from a constant',
    },
    {
      id: 'D5.2',
      rule: 'prefix caching on when a shared prefix (system prompt, few-shot, agent history) repeats; its hit rate enters the capacity plan',
    },
    {
      id: 'D5.3',
      rule: 'speculative decoding: draft model 3–5× smaller; worth it for outputs > 200 tokens of low diversity and low batch; off otherwise',
    },
    {
      id: 'D5.4',
      rule: 'response cache (exact, optionally semantic) with an invalidation rule; prompt caching for hosted models',
    },
    {
      id: 'D5.5',
      rule: 'long context: chunked prefill, KV precision, context compression or retrieval instead, each with its cost',
    },
  ]),
  ...section('D6 Fine-tuning method', [
    { id: 'D6.1', when: '< 10K examples, fast iteration', rule: 'LoRA, rank 16–64 (peft + trl)' },
    { id: 'D6.2', when: '< 10K examples, GPU memory tight', rule: 'QLoRA (4-bit base) (peft + bitsandbytes)' },
    { id: 'D6.3', when: '> 100K examples, full adaptation', rule: 'full fine-tune, DeepSpeed ZeRO-3 (accelerate)' },
    { id: 'D6.4', when: 'instruction following, chat format', rule: 'SFT with the chat template' },
    { id: 'D6.5', when: 'preference alignment; reasoning', rule: 'DPO; GRPO' },
    { id: 'D6.6', when: '10K–100K (no row above)', rule: 'LoRA rank 64, and full fine-tune as the costed alternative' },
    {
      id: 'D6.7',
      when: 'defaults',
      rule: 'LoRA rank 16 for classification/extraction, 64 for generation; lr 2e-4 LoRA, 1e-5…5e-5 full; gradient accumulation to fill memory; ≥ 10% held out; evaluate every 200–500 steps; stop after 3 evaluations without improvement',
    },
    {
      id: 'D6.8',
      when: 'data gates before training',
      rule: "MinHash duplicates < 1%; no PII if data leaves the trust boundary; Cohen's kappa > 0.8 for classification; one chat template",
    },
  ]),
];
