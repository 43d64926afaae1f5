"""Forms: JSON Schema with our `x-` keywords, validated in both languages, filled from HTML posts, shown by pages."""

from engine.forms.drawn import from_form_data
from engine.forms.form import Form
from engine.forms.posted import MultiDict
from engine.forms.view import DocumentLimits, Field, FormView, Option, Section, Shown

__all__ = ["DocumentLimits", "Field", "Form", "FormView", "MultiDict", "Option", "Section", "Shown", "from_form_data"]
