// A worker as users of camunda-external-task-client-js write it: ADDRESS NAME PASSWORD WORKER.
import { BasicAuthInterceptor, Client, Variables, logger } from "camunda-external-task-client-js";

const [baseUrl, username, password, workerId] = process.argv.slice(2);
const client = new Client({
  baseUrl,
  workerId,
  use: logger,
  interceptors: new BasicAuthInterceptor({ username, password }),
  maxTasks: 3,
  lockDuration: 20000,
  asyncResponseTimeout: 5000,
  interval: 50,
});

client.subscribe("letter", { includeExtensionProperties: true }, async ({ task, taskService }) => {
  const { n, ชื่อ: name } = task.variables.getAll();
  await taskService.extendLock(task, 30000);
  const variables = new Variables().setAll({ name, n: n + 1, kind: task.extensionProperties.kind });
  await taskService.complete(task, variables, new Variables().set("local", n * 2));
});

client.subscribe("fails", async ({ task, taskService }) => {
  const retries = task.retries === null ? 2 : task.retries - 1;
  await taskService.handleFailure(task, { errorMessage: "ส่งไม่ได้", errorDetails: "where it happened", retries, retryTimeout: 50 });
});

client.subscribe("errs", async ({ task, taskService }) => {
  await taskService.unlock(task);
  await taskService.lock(task, 20000);
  await taskService.handleBpmnError(task, "GONE", "ไม่มีผู้รับ", new Variables().set("asked", task.businessKey));
});
