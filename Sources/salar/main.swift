print("salar")
