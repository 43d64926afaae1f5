"""Thai for the English texts of code and templates. `python -m webui.translations` collects them, and compiles what is translated."""
