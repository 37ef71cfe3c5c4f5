import { doesNotMatch, match } from "node:assert/strict";
import { type DoctorReport, reportText } from "./doctor_report.ts";

const REPORT: DoctorReport = {
  versions: { deno: "2.9.6" },
  adapter: {
    name: "Some GPU",
    kind: "gpu",
    cores: 8,
    features: { subgroups: true, "shader-f16": false },
    limits: {
      maxStorageBufferBindingSize: 2 ** 27,
      maxBufferSize: 2 ** 28,
      maxComputeInvocationsPerWorkgroup: 1024,
      maxComputeWorkgroupStorageSize: 32768,
    },
  },
  peaks: { gflops: 5012.3, gigabytes: 201.44 },
  student: {
    size: { name: "unifuse", width: 1, height: 256, images: 2 },
    gflops: 1250,
    share: 0.2494,
  },
  teacher: { seconds: 0.0137 },
  estimates: [{
    preset: "paper",
    student: { name: "unifuse", width: 1, height: 512, images: 6 },
    from: {
      size: { name: "unifuse", width: 1, height: 256, images: 2 },
      gflops: 1250,
      scatter: 1.1,
    },
    parts: 3,
    steps: 720_000,
    gflopPerStep: 2386,
    secondsPerStep: 1.909,
    teacherSeconds: 0.0412,
    gigabytes: 10.4,
  }],
};

Deno.test("reportText() says what the adapter is, what it can do and how long a run takes", () => {
  const text = reportText(REPORT);
  match(text, /^Adapter {4}Some GPU$/m);
  match(text, /subgroups yes, shader-f16 no/);
  match(text, /128 MiB a binding, 256 MiB a buffer, 1024 threads and 32 KiB a workgroup/);
  match(text, /^Teacher {4}0\.014 s for the faces of a panorama \(embedded, measured\)$/m);
  match(text, /5012 GFLOP\/s at most/);
  match(text, /1250 GFLOP\/s \(unifuse ×1, 256×512, measured\), 25 % of the arithmetic peak/);
  match(
    text,
    /paper .*512×1024, 6 panoramas a step in 3 parts: 2400 GFLOP, at the 1250 GFLOP\/s of ×1, 256×512 about 1\.9 s a step, 0\.041 s of it the teacher; 10 GB; 720000 steps in about 16 d$/m,
  );
  doesNotMatch(text, /busy/);
});

Deno.test("reportText() claims two digits of what is extrapolated, and says when the steps were unsteady", () => {
  const [one] = REPORT.estimates;
  const from = { ...one!.from, scatter: 2.34 };
  const estimates = [{ ...one!, from, secondsPerStep: 884.4 }];
  const text = reportText({ ...REPORT, estimates });
  match(
    text,
    /about 15 min a step, 0\.041 s of it the teacher; 10 GB; 720000 steps in about 20 years$/m,
  );
  match(text, /^This machine was busy .* the slowest took 2\.3 times as long\.$/m);
});

Deno.test("reportText() says why the teacher does not work", () => {
  const text = reportText({ ...REPORT, teacher: { error: "no session" } });
  match(text, /^Teacher {4}does not work here, and takes no time below: no session$/m);
});
