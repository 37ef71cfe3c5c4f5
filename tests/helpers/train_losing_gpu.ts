/**
 * The train command on a GPU that is lost at SIGUSR1, and that refuses a command at SIGUSR2.
 *
 * @module
 */
import "./tiny_student.ts";

const { requestDevice } = GPUAdapter.prototype;
GPUAdapter.prototype.requestDevice = async function (descriptor) {
  const device = await requestDevice.call(this, descriptor);
  const { promise: lost, resolve } = Promise.withResolvers<GPUDeviceLostInfo>();
  Object.defineProperty(device, "lost", { value: lost });
  Deno.addSignalListener(
    "SIGUSR1",
    () =>
      resolve(
        { reason: "unknown", message: "the driver was reset" } as unknown as GPUDeviceLostInfo,
      ),
  );
  Deno.addSignalListener("SIGUSR2", () => {
    const error = new GPUValidationError("a buffer is too small");
    device.dispatchEvent(new GPUUncapturedErrorEvent("uncapturederror", { error }));
  });
  return device;
};

await import("../../trainer/commands/train.ts");
