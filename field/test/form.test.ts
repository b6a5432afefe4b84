import "../src/domain/form.test";
