import "./tiny_student.ts";
import "../../trainer/commands/train.ts";
