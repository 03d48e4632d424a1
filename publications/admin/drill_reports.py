"""The address that takes reports of drills, without sign-in: each is signed; see `publications/operations`."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from publications.operations import RefusedReport, accept_report

PLAIN_TEXT = "text/plain; charset=utf-8"


@csrf_exempt  # deploy/drill sends it, without a cookie; the signature shows who did
@require_POST
def drill_report(request: HttpRequest) -> HttpResponse:
    """Store the report of a drill; answer 400, 403, 404, 409 or 413 and why in plain text if it is refused."""
    try:
        record = accept_report(request.POST.get("report", ""), request.POST.get("signature", ""))
    except RefusedReport as refusal:
        return HttpResponse(f"{refusal}\n", status=refusal.status, content_type=PLAIN_TEXT)
    return HttpResponse(f"Stored: {record}\n", content_type=PLAIN_TEXT)
