/**
 * The board nearest to where somebody stands: offered where the browser can tell, asked for only by a tap, sent in the
 * body of the form. Without this script the search by words and the list are the same as ever.
 */
(() => {
  const form = document.getElementById('board-here');
  const failed = document.getElementById('board-no-place');
  if (!form || !failed || !navigator.geolocation || !isSecureContext) return;
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    if (form.lng.value) return;
    event.preventDefault();
    failed.hidden = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.lng.value = coords.longitude.toFixed(6);
        form.lat.value = coords.latitude.toFixed(6);
        form.submit();
      },
      () => { failed.hidden = false; },
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  });
  addEventListener('pageshow', () => { form.lng.value = form.lat.value = ''; });
})();
