import type { Precision } from '../capacity/types.ts';

export interface QuantizationFacts {
  readonly title: string;
  /** Rows of the reference that name it. */
  readonly rows: readonly string[];
  readonly precision: Precision;
  /** `--quantization` method or file format. */
  readonly scheme: string;
  readonly toolchain: string;
  readonly calibrationSet: boolean;
  readonly pros: readonly [string, ...string[]];
  readonly cons: readonly [string, ...string[]];
  readonly consequences: readonly string[];
  readonly effort: string;
  readonly risk: string;
}

const noToolchain = 'none: the published checkpoint';

/** Weight precisions a plan can serve, with the tool that makes each one today. */
export const quantizationFacts = {
  awq: {
    title: 'AWQ 4-bit',
    rows: ['D4.1'],
    precision: 'int4',
    scheme: 'compressed-tensors (AWQ recipe)',
    toolchain: 'llm-compressor',
    calibrationSet: true,
    pros: [
      'A quarter of the weight bytes: small batches decode fastest.',
      'Keeps salient channels, so it loses less than plain 4-bit rounding.',
    ],
    cons: ['Loses quality on some tasks; the evaluation gate must pass.', 'No gain in compute-bound prefill.'],
    consequences: ['A quantization job writes the checkpoint; its calibration set is versioned with it.'],
    effort: 'A day: one GPU-hour of quantization and an evaluation run.',
    risk: 'Quality loss on long reasoning; the evaluation gate compares with 16 bit.',
  },
  gptq: {
    title: 'GPTQ 4-bit',
    rows: ['D4.2'],
    precision: 'int4',
    scheme: 'gptq',
    toolchain: 'GPT-QModel',
    calibrationSet: true,
    pros: ['A quarter of the weight bytes: more KV cache for large batches.'],
    cons: ['Follows its calibration set; another domain loses more.'],
    consequences: ['A calibration set from the batch’s own documents is required before the first run.'],
    effort: 'A day: a few GPU-hours of quantization and an evaluation run.',
    risk: 'A calibration set unlike the documents costs quality.',
  },
  'gguf-q4-k-m': {
    title: 'GGUF Q4_K_M',
    rows: ['D4.3'],
    precision: 'int4',
    scheme: 'gguf',
    toolchain: 'llama.cpp convert and quantize',
    calibrationSet: false,
    pros: ['Runs on CPU and small cards.'],
    cons: ['Slow under concurrency.'],
    consequences: ['One file a model; the loader maps it into memory.'],
    effort: 'Hours.',
    risk: 'A few tokens a second; fit for a fallback or an edge, not for traffic.',
  },
  nf4: {
    title: 'bitsandbytes NF4, double quantization',
    rows: ['D4.4'],
    precision: 'nf4',
    scheme: 'bitsandbytes',
    toolchain: 'bitsandbytes, at load time',
    calibrationSet: false,
    pros: [
      'No calibration set and no conversion: quantized while loading.',
      'The 4-bit base QLoRA trains on, so training and serving agree.',
    ],
    cons: ['Dequantizes on each use: slower than formats with their own kernels.'],
    consequences: ['Weights are quantized at each start; the load takes longer.'],
    effort: 'Hours.',
    risk: 'Throughput below other 4-bit formats; the load test must confirm the replicas.',
  },
  bf16: {
    title: 'BF16',
    rows: ['D4.5'],
    precision: 'bf16',
    scheme: 'none',
    toolchain: noToolchain,
    calibrationSet: false,
    pros: ['The precision the model was trained and evaluated in.'],
    cons: ['Twice the weight bytes of FP8: fewer concurrent requests a GPU.'],
    consequences: ['The published checkpoint is mirrored and served as it is.'],
    effort: 'None.',
    risk: 'None to quality; cost only.',
  },
  fp16: {
    title: 'FP16',
    rows: ['D4.5'],
    precision: 'fp16',
    scheme: 'none',
    toolchain: noToolchain,
    calibrationSet: false,
    pros: ['Runs on GPUs older than Ampere, which have no BF16.'],
    cons: ['Narrower range than BF16: rare overflows in models trained in BF16.'],
    consequences: ['The published checkpoint is cast while loading.'],
    effort: 'None.',
    risk: 'Overflow in some models; the evaluation set shows it.',
  },
  fp8: {
    title: 'FP8 (E4M3)',
    rows: ['D4.6'],
    precision: 'fp8',
    scheme: 'fp8',
    toolchain: 'llm-compressor, or the published FP8 checkpoint',
    calibrationSet: false,
    pros: [
      'Half the weight bytes and twice the matrix rate of BF16 on GPUs that compute in it.',
      'Loss mostly below one point on evaluations.',
    ],
    cons: ['Needs Ada, Hopper or newer for its speed.'],
    consequences: ['Embeddings, head, norms and router stay in 16 bit.'],
    effort: 'Hours, and an evaluation run.',
    risk: 'Small loss on some tasks; the evaluation gate compares with 16 bit.',
  },
  nvfp4: {
    title: 'NVFP4',
    rows: ['D4.6'],
    precision: 'nvfp4',
    scheme: 'nvfp4',
    toolchain: 'llm-compressor, or the published NVFP4 checkpoint',
    calibrationSet: true,
    pros: ['A quarter of the weight bytes at the highest matrix rate.'],
    cons: ['Blackwell only.', 'More loss than FP8.'],
    consequences: ['Only Blackwell machines can serve it: the pool has no older substitute.'],
    effort: 'A day with evaluation.',
    risk: 'Quality on reasoning; scarce machines.',
  },
  mxfp4: {
    title: 'MXFP4 (as published)',
    rows: ['D4.6'],
    precision: 'mxfp4',
    scheme: 'mxfp4',
    toolchain: noToolchain,
    calibrationSet: false,
    pros: ['The precision its makers trained for: no further loss.', 'Experts take a quarter of the bytes.'],
    cons: ['Older GPUs unpack it to 16 bit on use.'],
    consequences: ['The published checkpoint is mirrored and served as it is.'],
    effort: 'None.',
    risk: 'None to quality.',
  },
  'int4-native': {
    title: 'INT4 (as published)',
    rows: ['D4.6'],
    precision: 'int4',
    scheme: 'compressed-tensors',
    toolchain: noToolchain,
    calibrationSet: false,
    pros: ['The precision its makers trained for: no further loss.'],
    cons: ['Experts are unpacked to 16 bit on use.'],
    consequences: ['The published checkpoint is mirrored and served as it is.'],
    effort: 'None.',
    risk: 'None to quality.',
  },
} as const satisfies Record<string, QuantizationFacts>;
