// A button that copies, beside each command; without script one click on a command selects it.
if (navigator.clipboard) {
  for (const code of document.querySelectorAll(".steps .code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn plain";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    code.previousElementSibling.append(button);
  }
}
